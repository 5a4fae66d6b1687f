"""Addresses of the people app."""

from django.urls import path

from anlan.apps.people.views import (
    account,
    acts,
    audit,
    duty,
    entrance,
    notices,
    places,
    tree,
    unified,
    users,
)

app_name = "people"
urlpatterns = [
    path("login", entrance.login, name="login"),
    path("login/second", entrance.second, name="second"),
    path("login/oidc", unified.go, name="unified"),
    path("login/oidc/back", unified.back, name="unified_back"),
    path("logout", entrance.logout, name="logout"),
    path("language", entrance.language, name="language"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="password"),
    path("account/second", account.second_factor, name="factor"),
    path("account/second/end", account.end_second_factor, name="end_factor"),
    path("account/sessions/<str:name>/end", account.end_session, name="end_session"),
    path("account/keys", account.make_key, name="make_key"),
    path("account/keys/<str:name>/revoke", account.revoke_key, name="revoke_key"),
    path("people/users", users.listing, name="users"),
    path("people/users/new", users.new, name="new_user"),
    path("people/users/<str:key>", users.one, name="user"),
    path("people/users/<str:key>/posts", users.give, name="give_post"),
    path("people/users/<str:key>/change", users.change, name="change_user"),
    path("people/duty", duty.page, name="duty"),
    path("people/duty/<str:key>", duty.entry, name="duty_entry"),
    path("people/duty/<str:key>/over", duty.hand_over, name="hand_over"),
    path("people/duty/<str:key>/drop", duty.drop, name="drop_duty"),
    path("people/responsibility", tree.page, name="tree"),
    path("people/responsibility/new", tree.line, name="new_line"),
    path("people/responsibility/<str:key>", tree.line, name="line"),
    path("people/responsibility/<str:key>/drop", tree.drop, name="drop_line"),
    path("people/notices", notices.listing, name="notices"),
    path("people/notices/<str:key>/again", notices.again, name="retry"),
    path("people/audit", audit.page, name="audit"),
    path("people/audit.csv", audit.export, name="audit_csv"),
    path("people/organisations", places.suggest, name="organisations"),
    path("people/acts", acts.page, name="acts"),
]
