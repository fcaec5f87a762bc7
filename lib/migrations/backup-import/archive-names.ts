/** The names in an archive, and whether they are complete. */
export interface ArchiveNames {
  readonly names: readonly string[];
  readonly isComplete: boolean;
}
