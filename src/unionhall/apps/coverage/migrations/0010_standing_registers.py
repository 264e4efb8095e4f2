from django.db import migrations, models


def forget_standing(apps, schema_editor):
    """Backwards: no register stands any more. The sealed files (*.standing*) are left to be deleted by hand."""
    deliveries = apps.get_model('coverage', 'Delivery').objects.using(schema_editor.connection.alias)
    deliveries.filter(state='KEPT').update(state='DELETED', deleted_at=models.F('at'), headings=[])
    if schema_editor.connection.vendor == 'postgresql':
        # No table is altered while its checks still wait.
        schema_editor.execute('SET CONSTRAINTS ALL IMMEDIATE')


class Migration(migrations.Migration):

    dependencies = [
        ('coverage', '0009_traders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('ARRIVED', 'Columns to be confirmed'), ('READING', 'Being read'), ('READY', 'Ready to be linked'), ('KEPT', 'Standing register'), ('DELETED', 'File deleted')], default='ARRIVED', max_length=8, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'KEPT')), fields=('source',), name='delivery_kept_once'),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_standing),
    ]
