import type { Problem } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import type { FieldTable } from '../../schema/fields.ts';
import type { Path } from '../../schema/findings.ts';
import type { ServerTarget } from '../action.ts';

/** Our own keys of a server migration: its destination, and how its task is started. They are never sent. */
export const SERVER_MIGRATION_OWN_KEYS: FieldTable = {
  target: {
    type: 'object',
    destination: true,
    doc: 'The destination. With it, everything but source_server may be left out and is derived from the source server.',
    fields: {
      region: { type: 'string', required: true, min: 1, max: 255, doc: 'Region of the target, such as cn-south-1.' },
      template: {
        type: 'string',
        min: 1,
        max: 255,
        doc: 'Id of the server template that a new target is created from.',
      },
      server: { type: 'string', min: 1, max: 255, doc: 'Id of an existing ECS. Its disks are formatted.' },
    },
  },
  start: {
    type: 'boolean',
    absent: 'false',
    doc: 'Whether to start the task once it is created. Default: {absent}. true needs a ledger.',
  },
  confirm_format: {
    type: 'boolean',
    doc: 'true: the data on the disks of the existing target may be lost. Required with target.server.',
  },
};

/** The target that checked fields name. `undefined` when they have no usable `target`. */
export function targetOf(value: Record<string, unknown>): ServerTarget | undefined {
  const { target } = value;
  if (!isRecord(target)) return undefined;
  const { region, template, server } = target;
  if (typeof region !== 'string') return undefined;
  if (typeof template === 'string') return { region, template };
  return typeof server === 'string' ? { region, server } : undefined;
}

/** The rules for `target`, and for fields that contradict it. */
export function targetRules(value: Record<string, unknown>, path: Path): Problem[] {
  const { target, target_server: given } = value;
  if (!isRecord(target)) return [];
  const [hasTemplate, hasServer] = ['template', 'server'].map((name) => Object.hasOwn(target, name));
  if (hasTemplate === hasServer) {
    return [{ path: [...path, 'target'], message: 'must have exactly one of template and server' }];
  }
  const problems: Problem[] = [];
  if (hasServer && value['confirm_format'] !== true) {
    problems.push({
      path: [...path, 'confirm_format'],
      message: 'must be true: the disks of the existing target are formatted and their data is lost',
    });
  }
  const contradicts = (name: string[], found: unknown, implied: unknown) => {
    if (found !== undefined && found !== implied) {
      problems.push({ path: [...path, ...name], message: 'contradicts target; leave it out' });
    }
  };
  contradicts(['exist_server'], value['exist_server'], hasServer);
  contradicts(['vm_template_id'], value['vm_template_id'], target['template']);
  if (isRecord(given)) contradicts(['target_server', 'vm_id'], given['vm_id'], target['server'] ?? '');
  return problems;
}

/** A task must not be started in two ways. */
export function startRules(value: Record<string, unknown>, path: Path): Problem[] {
  if (value['start'] !== true || value['auto_start'] !== true) return [];
  return [{ path: [...path, 'auto_start'], message: 'is the same as start: true; give only one of them' }];
}
