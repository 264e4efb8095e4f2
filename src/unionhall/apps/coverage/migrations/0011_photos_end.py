"""Photos of visits end: their table no longer refuses that rows are deleted."""

from django.db import migrations


def let_go(_apps, schema_editor):
    """Take the refusing triggers away; backwards they come back after the migration."""
    table = 'coverage_visitphoto'
    if schema_editor.connection.vendor == 'postgresql':
        for name in ('rows', 'all'):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS {table}_{name} ON {table}')
    else:
        for name in ('update', 'delete'):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS {table}_{name}')


class Migration(migrations.Migration):

    dependencies = [
        ('coverage', '0010_standing_registers'),
    ]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
    ]
