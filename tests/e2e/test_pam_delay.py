# SPDX-License-Identifier: LGPL-2.1-or-later
"""A refusal takes time, unless `nodelay' says otherwise."""

import pytest

import scene as scenes
from pam_stack import QUICK, stack
from programs import run
from scene import User


@pytest.fixture
def domain(make_domain):
    return make_domain("delay.example", User("bob", 77002, "old-secret", lstchg=scenes.TODAY - 10))


def refusal(pam, service, user, password="wrong", step="auth", **options):
    answer = pam(service, user, password, step, **options)
    assert getattr(answer, step) not in (None, "PAM_SUCCESS")
    assert len(answer.delays) == 1, answer
    return answer.delays[0]


@pytest.mark.parametrize("user", ["bob@va.example", "nobody@va.example", "locked@va.example"])
def test_a_refusal_is_delayed_by_pam(pam, pam_service, user):
    assert refusal(pam, pam_service(*stack(), delay=True), user) >= 1000000  # libpam varies it by half


@pytest.mark.parametrize("user", ["bob@va.example", "nobody@va.example", "locked@va.example"])
def test_with_nodelay_a_refusal_is_not_delayed(pam, pam_service, user):
    assert refusal(pam, pam_service(*stack("nodelay"), delay=True), user) == 0


def test_a_name_that_is_not_ours_is_not_delayed_by_us(pam, pam_service):
    assert refusal(pam, pam_service(*stack(), delay=True), "sue") == 0


@pytest.mark.parametrize("options, delayed", [((), True), (("nodelay",), False)])
def test_a_wrong_old_password_is_delayed_too(pam, pam_service, set_id_client, domain, options, delayed):
    service = pam_service(*stack(QUICK, *options, kinds=["password"]), delay=True)
    done = run("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups", set_id_client, service,
               "bob@delay.example", "wrong", "chauthtok")
    answer = pam.answer(done)
    assert answer.chauthtok == "PAM_AUTH_ERR"
    assert (answer.delays[0] >= 1000000) == delayed, answer
