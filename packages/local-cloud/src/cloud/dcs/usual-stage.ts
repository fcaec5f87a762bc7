import type { Script, UsualStage } from '../scripts.ts';

/** The states in which a stage of a DCS task ends badly. */
export function usualStage({ message }: Script, ms: number, failed = 'FAILED'): UsualStage {
  return {
    ms,
    failed,
    // A state that stands in no list, as the incremental one did that is misspelt to this day.
    unknown: 'RECOVERING',
    deleted: 'DELETED',
    failure: message ?? 'The migration failed: connection to the instance was lost.',
  };
}
