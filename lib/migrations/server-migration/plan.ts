import { isRecord } from '../../kernel/is-record.ts';
import { problemLine, requireNoProblems } from '../../schema/findings.ts';
import type { PlanContext, PlannedTask } from '../action.ts';
import { checkServerMigration } from './check.ts';
import { targetOf } from './server-target.ts';
import { smsTaskName } from './task-name.ts';

/**
 * The plan of a server migration: see `Action.plan`.
 *
 * @throws {RunError} `invalid_fields` with every problem
 */
export function planServerMigration(filled: Readonly<Record<string, unknown>>, context: PlanContext): PlannedTask {
  const given = filled['name'];
  const name = smsTaskName(typeof given === 'string' ? given : undefined, context.job, context.run);
  const checked = checkServerMigration(
    { ...filled, name: given === undefined || typeof given === 'string' ? name : given },
    { mode: 'filled' },
  );
  const what = `plan server_migration of job ${context.job}`;
  const { target: _, confirm_format: __, start, ...body } = requireNoProblems(what, checked);
  const derive = targetOf(checked.value);
  const source = body['source_server'];
  return {
    kind: 'server_migration',
    name,
    ...(isRecord(source) && typeof source['id'] === 'string' ? { target: source['id'] } : {}),
    body,
    warnings: checked.warnings.map((warning) => problemLine([warning])),
    ...(derive ? { derive } : {}),
    ...(start === true ? { start } : {}),
    ...(context.policies ? { policies: context.policies } : {}),
  };
}
