/** What is in an archive: each name, and whether there may be more. */
export interface ArchiveNames {
  readonly names: readonly string[];
  readonly isComplete: boolean;
}
