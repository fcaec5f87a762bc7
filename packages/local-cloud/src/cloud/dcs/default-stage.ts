import type { DefaultStage, Script } from '../scripts.ts';

/** The states in which a stage of a DCS task fails. */
export function defaultStage({ message }: Script, ms: number, failed = 'FAILED'): DefaultStage {
  return {
    ms,
    failed,
    // A state that is not in any list, like the misspelled incremental state.
    unknown: 'RECOVERING',
    deleted: 'DELETED',
    failure: message ?? 'The migration failed: connection to the instance was lost.',
  };
}
