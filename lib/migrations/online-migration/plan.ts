import { isRecord } from '../../kernel/is-record.ts';
import { problemLine, requireNoProblems } from '../../schema/findings.ts';
import type { PlanContext, PlannedTask } from '../action.ts';
import { dcsTaskName } from '../task-name.ts';
import { checkOnlineMigration } from './check.ts';
import { withNamedInstances } from './configure-fields.ts';

/**
 * The plan of an online migration: see `Action.plan`.
 *
 * @throws {RunError} `invalid_fields` with every problem
 */
export function planOnlineMigration(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask {
  const given = filled['name'];
  const name = dcsTaskName(typeof given === 'string' ? given : undefined, context.job, context.run);
  const checked = checkOnlineMigration(
    { ...filled, name: given === undefined || typeof given === 'string' ? name : given },
    { mode: 'filled', targets: context.targets },
  );
  const what = `plan online_migration of job ${context.job}`;
  const { configure, ...body } = requireNoProblems(what, checked);
  const { fields } = withNamedInstances(configure, context.targets, { mode: 'filled' });
  const target = isRecord(fields) && isRecord(fields['target_instance']) ? fields['target_instance']['id'] : undefined;
  return {
    kind: 'online_migration',
    name,
    ...(typeof target === 'string' ? { target } : {}),
    body,
    warnings: checked.warnings.map((warning) => problemLine([warning])),
    ...(isRecord(fields) ? { configure: fields } : {}),
    ...(context.policies ? { policies: context.policies } : {}),
  };
}
