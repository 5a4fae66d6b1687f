"""A site's records with reaches of a river and somebody on duty: `python -m tests.flow.desk_town`.

With ANLAN_DATA set it founds them in that folder and prints the key of a program that may
acknowledge and comment.
"""

import os

SENSORS = 12
PASSWORD = "desk-Town-1"
REGION = "990101001"


def found() -> str:
    """Makes the records ready and fills them; the secret of the program."""
    from anlan.site.crew.prepare import prepare

    prepare()
    from django.utils import timezone

    from anlan.apps.atlas.models import ObservedObject
    from anlan.apps.atlas.words import words_for
    from anlan.apps.people.actions.account import make_key
    from anlan.apps.people.models import Organisation, Post, User
    from anlan.apps.people.queries import person_of
    from anlan.apps.watch.acts import ACKNOWLEDGE, COMMENT, SEE

    now = timezone.now()
    office = Organisation.objects.create(key="org", name="安澜县应急管理局", kind="government",
                                         region="990101")  # fmt: skip
    user = User(key="duty", name="周岸", created_at=now)
    user.set_password(PASSWORD)
    user.save()
    Post.objects.create(user=user, role="manager", organisation=office, region="990101", since=now)
    for n in range(SENSORS):
        row = ObservedObject(key=f"reach{n}", region=REGION, name=f"断面{n}", pack="flood",
                             kind="river_section", since=now)  # fmt: skip
        row.words = words_for(row)
        row.save()
    asker = person_of(user, now)
    return make_key(asker, label="desk", chosen=[SEE, ACKNOWLEDGE, COMMENT], days=30)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.site.settings"
    print(found())  # noqa: T201 - for the test that runs it
