import { PROBLEM_TYPES, type ProblemName } from '../problem-types.ts';
import { type Json, ref } from './schema-parts.ts';

export const HEADERS = {
  'x-request-id': { description: 'The ID of this request in the log.', schema: { type: 'string' } },
};
export const LOCATION = { location: { description: 'The path of the run.', schema: { type: 'string' } } };
export const RETRY_AFTER = { 'retry-after': { description: 'Seconds.', schema: { type: 'string' } } };

/** A successful response. */
export function success(schema: string, description: string, headers: Json = {}): Json {
  return { description, headers: { ...HEADERS, ...headers }, content: { 'application/json': { schema: ref(schema) } } };
}

/** Problems of every path. */
const COMMON_PROBLEMS: readonly ProblemName[] = ['event', 'bad_query', 'internal'];

/** A response for each status of these problems and of those common to all paths. */
export function problems(own: readonly ProblemName[] = []): Json {
  const names = [...COMMON_PROBLEMS, ...own];
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
