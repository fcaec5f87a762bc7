import type { RecordedRequest } from '../../packages/local-cloud/src/cloud/recorder.ts';

/** What happened after the response to a call was lost, as recorded by the local cloud. */
export interface LostResponse {
  /** One line for each event, for an operator. */
  readonly lines: readonly string[];
  /** What went wrong; undefined if exactly one call created exactly one task. */
  readonly wrong?: string;
}

export interface LostResponseParts {
  /** The create call whose response was to be lost. */
  readonly operation: string;
  /** The task that the run has in the end. */
  readonly task: { readonly id: string; readonly name: string };
  /** The requests that the local cloud received since the fault was activated, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** All existing tasks. */
  readonly tasks: readonly { readonly id: string; readonly name: string }[];
}

/** Describes what was sent, that the response was lost, how the task was found, and that it was adopted. */
export function describeLostResponse({ operation, task, requests, tasks }: LostResponseParts): LostResponse {
  const sent = requests.filter((made) => made.operation === operation && nameIn(made.body) === task.name);
  const lost = sent.find(({ fault }) => fault === 'reply_lost');
  if (!lost) return { lines: [], wrong: `no response to ${operation} for ${task.name} was lost` };
  const after = requests.slice(requests.indexOf(lost) + 1);
  // DCS lists tasks by name, SMS by source server.
  const keys = [task.name, sourceIn(lost.body)].filter((key) => key !== undefined);
  const lookups = after.filter(
    ({ service, method, status, url }) =>
      service === lost.service && method === 'GET' && status === 200 && keys.some((key) => url.includes(key)),
  );
  const same = tasks.filter(({ name }) => name === task.name);
  const isOne = sent.length === 1 && same.length === 1 && same[0]?.id === task.id;
  const [lookup] = lookups;
  return {
    lines: [
      `sent        ${operation}, to create the task ${task.name} (request ${lost.id})`,
      `lost        the cloud created the task, but its response was lost: the function does not know whether the task exists, and does not send the call again`,
      ...(lookup
        ? [`looked up   ${lookup.operation} (${lookup.method} ${lookup.url}): a task of exactly this name exists`]
        : []),
      `adopted     ${task.id} is the task of the run; ${counted(sent.length, 'call')} of ${operation}, ${counted(same.length, 'task')} of this name`,
    ],
    ...(isOne
      ? {}
      : { wrong: `${counted(sent.length, 'call')} of ${operation} created ${counted(same.length, 'task')}` }),
    ...(lookup ? {} : { wrong: `${task.name} was not looked up after the response was lost` }),
  };
}

/** DCS uses a different field for the name of an import's task. */
function nameIn(body: unknown): unknown {
  const { task_name: taskName, name } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return taskName ?? name;
}

function sourceIn(body: unknown): string | undefined {
  const { source_server: source } = (body ?? {}) as { readonly source_server?: { readonly id?: string } };
  return source?.id;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
