import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0005_stage_of_corrections'),
    ]

    operations = [
        migrations.AlterField(
            model_name='correction',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='contests.stage'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', True), ('juror__isnull', True), ('kind', 'SHEET'), ('replaces__isnull', False)), models.Q(('entry__isnull', True), ('juror__isnull', False), ('kind', 'JUROR'), ('replaces__isnull', True)), models.Q(('entry__isnull', False), ('juror__isnull', True), ('kind', 'POINTS'), ('points__isnull', False), ('replaces__isnull', True)), _connector='OR'), name='correction_kind'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('state', 'PROPOSED')), models.Q(('decided_by__isnull', False), ('state', 'REJECTED')), models.Q(('decided_by__isnull', False), ('state', 'CONFIRMED'), models.Q(models.Q(('ballot__isnull', False), ('kind', 'SHEET')), ('kind', 'JUROR'), models.Q(('adjustment__isnull', False), ('kind', 'POINTS')), _connector='OR')), _connector='OR'), name='correction_state'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'CONFIRMED'), models.Q(('adjustment__isnull', True), ('ballot__isnull', True)), _connector='OR'), name='correction_made'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'REJECTED'), _negated=True), fields=('juror',), name='correction_juror_once'),
        ),
    ]
