/** How a question can be answered in an account of one's own. */
type Settling =
  /** By read calls. */
  | 'reads'
  /** By writing objects below the ledger's prefix, and removing them. */
  | 'objects'
  /** By an object that starts a deployed function. */
  | 'event'
  /** By creating a migration task, which needs an instance or a server to sacrifice. */
  | 'task'
  /** By waiting for it to happen. */
  | 'observation';

/** A fact about the real services that no public source settles, and the ways in which it may turn out. */
export interface OpenQuestion {
  readonly question: string;
  /** The public pages that raise it or contradict each other. */
  readonly source: string;
  /** By name, what the cloud does. The local cloud can do each of them. */
  readonly behaviors: Readonly<Record<string, string>>;
  /** The behavior that the local cloud has by default. */
  readonly assumed: string;
  /** What depends on the answer. */
  readonly matters: string;
  readonly settledBy: Settling;
  /** Behaviors under which a promise does not hold, and what is said instead. */
  readonly notPromised?: Readonly<Record<string, string>>;
}
