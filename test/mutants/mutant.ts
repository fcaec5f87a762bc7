/** A change of one line that breaks a rule: some test has to fail with it. */
export interface Mutant {
  /** What is wrong with it, unlike any other. */
  readonly breaks: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly before: string;
  readonly after: string;
  /** The fastest tests of which one fails with it, tried in this order: below `test/`, without `.test.ts`; after `#` a part of a title. */
  readonly tests: readonly string[];
}

export type MutantOf = Pick<Mutant, 'breaks' | 'before' | 'after'> & { readonly tests?: readonly string[] };

/** @param tests of those that name none of their own */
export function mutantsOf(file: string, tests: readonly string[], mutants: readonly MutantOf[]): Mutant[] {
  return mutants.map((mutant) => ({ file, tests, ...mutant }));
}
