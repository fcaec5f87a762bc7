import type { Script, UsualStage } from '../scripts.ts';

/** The states in which a stage of a DCS task fails. */
export function usualStage({ message }: Script, ms: number, failed = 'FAILED'): UsualStage {
  return {
    ms,
    failed,
    // A state that is not in any list, like the misspelled incremental state.
    unknown: 'RECOVERING',
    deleted: 'DELETED',
    failure: message ?? 'The migration failed: connection to the instance was lost.',
  };
}
