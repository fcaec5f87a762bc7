import type { RecordedRequest } from '../../packages/local-cloud/src/cloud/recorder.ts';

/** What became of a call whose answer was lost, as the local cloud saw it. */
export interface LostAnswer {
  /** One line for each thing that happened, for an operator. */
  readonly lines: readonly string[];
  /** What went wrong; undefined when there is exactly one task, from exactly one call. */
  readonly wrong?: string;
}

export interface LostAnswerParts {
  /** The create call whose answer was to be lost. */
  readonly operation: string;
  /** What the run has in the end. */
  readonly task: { readonly id: string; readonly name: string };
  /** What the local cloud was asked since the fault was switched on, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** All that exist. */
  readonly tasks: readonly { readonly id: string; readonly name: string }[];
}

/** Tells what was sent, that its answer was lost, how the task was found, and that it was adopted. */
export function tellLostAnswer({ operation, task, requests, tasks }: LostAnswerParts): LostAnswer {
  const sent = requests.filter((made) => made.operation === operation && nameIn(made.body) === task.name);
  const lost = sent.find(({ fault }) => fault === 'reply_lost');
  if (!lost) return { lines: [], wrong: `no answer to ${operation} for ${task.name} was lost` };
  const after = requests.slice(requests.indexOf(lost) + 1);
  // DCS is asked by the task's name, SMS by its source server.
  const keys = [task.name, sourceIn(lost.body)].filter((key) => key !== undefined);
  const looks = after.filter(
    ({ service, method, status, url }) =>
      service === lost.service && method === 'GET' && status === 200 && keys.some((key) => url.includes(key)),
  );
  const same = tasks.filter(({ name }) => name === task.name);
  const isOne = sent.length === 1 && same.length === 1 && same[0]?.id === task.id;
  const [look] = looks;
  return {
    lines: [
      `sent        ${operation}, to make the task ${task.name} (request ${lost.id})`,
      `lost        the cloud made the task, and its answer never came: the function does not know whether there is one, and does not send the call again`,
      ...(look
        ? [`looked up   ${look.operation} (${look.method} ${look.url}): there is a task of exactly this name`]
        : []),
      `adopted     ${task.id} is the task of the run; ${counted(sent.length, 'call')} of ${operation}, ${counted(same.length, 'task')} of this name`,
    ],
    ...(isOne ? {} : { wrong: `${counted(sent.length, 'call')} of ${operation} made ${counted(same.length, 'task')}` }),
    ...(look ? {} : { wrong: `nobody looked for ${task.name} after the answer was lost` }),
  };
}

/** DCS names an import's task in another field than all others. */
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
