import type { Assumed } from '../open-questions/assumptions.ts';

/** A task in a response, with times, empty values and passwords as they are assumed to be. */
export function shapedTask(task: Record<string, unknown>, assumed: Assumed): Record<string, unknown> {
  const empty = assumed('dcs-empty-values');
  const times = assumed('dcs-task-times');
  const shaped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(task)) {
    if (name === 'password' && assumed('dcs-passwords-shown') === 'absent') continue;
    if (isEmpty(value) && empty !== 'mixed') {
      if (empty === 'nulls') shaped[name] = null;
    } else if (name.endsWith('_at') && typeof value === 'string' && times !== 'mixed') {
      shaped[name] = times === 'iso' ? toIso(value) : toIso(value).replace(/\D/g, '').slice(0, 14);
    } else {
      shaped[name] = isObject(value) ? shapedTask(value, assumed) : value;
    }
  }
  return shaped;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** From each of the formats that `task.ts` writes; an empty text stays empty. */
function toIso(time: string): string {
  const digits = time.replace(/\D/g, '').padEnd(17, '0');
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)(...).*$/, '$1-$2-$3T$4:$5:$6.$7Z');
  return time === '' ? '' : iso;
}
