import { PROBLEM_TYPES, type ProblemName } from '../problem-types.ts';
import { type Json, ref } from './schema-parts.ts';

export const HEADERS = {
  'x-request-id': { description: 'The id under which the log has this request.', schema: { type: 'string' } },
};
export const LOCATION = { location: { description: 'Where the run can be read.', schema: { type: 'string' } } };
export const RETRY_AFTER = { 'retry-after': { description: 'Seconds.', schema: { type: 'string' } } };

/** An answer that has what was asked for. */
export function good(schema: string, description: string, headers: Json = {}): Json {
  return { description, headers: { ...HEADERS, ...headers }, content: { 'application/json': { schema: ref(schema) } } };
}

/** Of every path. */
const ALWAYS: readonly ProblemName[] = ['event', 'bad_query', 'internal'];

/** An answer for each status that problems have, those of every path too. */
export function problems(own: readonly ProblemName[] = []): Json {
  const names = [...ALWAYS, ...own];
  const statuses = [...new Set(names.map((name) => PROBLEM_TYPES[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const those = names.filter((name) => PROBLEM_TYPES[name].status === status);
      const hasRetry = [429, 503].includes(status) || those.includes('not_yet');
      return [
        String(status),
        {
          description: those.map((name) => `\`${name}\`: ${PROBLEM_TYPES[name].title}.`).join(' '),
          headers: { ...HEADERS, ...(hasRetry ? RETRY_AFTER : {}) },
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      ];
    }),
  );
}
