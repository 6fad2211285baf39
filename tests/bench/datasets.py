# SPDX-License-Identifier: LGPL-2.1-or-later
"""The users that the bench makes up, the same ones in each run."""

import dataclasses
import random

FIRST_ID = 100_000
# Between the domains' blocks and behind the last one, there are ids that nobody has.
SPARE_IDS = 28
KEYS = 100_000

GIVEN = ("anna bob carla david elisabeth fatima george helena ivo jan katharina li maria nikolaus olga pedro qi rosa "
         "sebastian tim ursula victor wilhelmina xaver yusuf zoe").split()
FAMILY = ("adler baker castellano dubois evans fischer gonzalez huber ivanova jones kowalski lindqvist moreau nakamura oh "
          "papadopoulos quinn rossi schwarzenegger tran ueda van-den-berg wu xu yilmaz zimmermann").split()
TRADES = "bakery carpenter dental-practice garage hotel law school travel wine yoga".split()
SHELLS = ("/bin/false", "/bin/false", "/usr/sbin/nologin", "/bin/bash")


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    local: str
    domain: str
    uid: int
    gecos: str
    shell: str

    @property
    def name(self):
        return f"{self.local}@{self.domain}"

    @property
    def line(self):
        """Its passwd line, from behind the name."""
        return f":x:{self.uid}:{self.uid}:{self.gecos}:/vhome/{self.domain}/{self.local}:{self.shell}\n"


class DataSet:
    """Users of some domains, shuffled, and the keys to look up among them."""

    def __init__(self, domains, users_each):
        chance = random.Random(4)
        self.title = f"{users_each:,}" if domains == 1 else f"{domains:,} x {users_each:,}"
        self.users_each = users_each
        self.domains = ["va.example"] if domains == 1 else [f"{chance.choice(TRADES)}-{i:04}.example" for i in range(domains)]
        self.users = {}
        for number, domain in enumerate(self.domains):
            first = self.block(number)[0]
            self.users[domain] = [User(local, domain, first + i, gecos, chance.choice(SHELLS))
                                  for i, (local, gecos) in enumerate(people(chance, users_each))]
        self.count = domains * users_each

    def block(self, number):
        """The first and last id of a domain."""
        size = self.users_each + SPARE_IDS
        return FIRST_ID + number * size, FIRST_ID + (number + 1) * size - 1

    def everybody(self):
        for domain in self.domains:
            yield from self.users[domain]

    def keys(self):
        """What is looked up: by name and by id, users all over the set, and such as nobody is."""
        chance = random.Random(5)
        how_many = min(KEYS, 1000 * self.count)
        chosen = []
        for _ in range(how_many):
            chosen.append(chance.choice(self.users[chance.choice(self.domains)]))
        misses = []
        for _ in range(how_many):
            number = chance.randrange(len(self.domains))
            misses.append(self.block(number)[0] + self.users_each + chance.randrange(SPARE_IDS))
        return {
            "name": [user.name for user in chosen],
            "id": [user.uid for user in chosen],
            "name-miss": [f"{user.local}-x@{user.domain}" for user in chosen],
            "id-miss": misses,
        }


def people(chance, count):
    """Local parts and gecos of COUNT people, each local part once, of all the lengths that there are."""
    made = []
    for number in range(count):
        given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
        serial = number // (len(GIVEN) * len(FAMILY)) or ""
        # Given and family name and serial are unique together, in two forms; the short ones need the number.
        form = chance.randrange(4)
        local = (f"{given}.{family}{serial}" if form < 2 else f"{given}_{family}{serial}" if form == 2 else
                 f"{given[0]}{number}")
        made.append((local, chance.choice(("", f"{given.title()} {family.title()}", f"{given.title()} {family.title()},,,"))))
    chance.shuffle(made)
    return made
