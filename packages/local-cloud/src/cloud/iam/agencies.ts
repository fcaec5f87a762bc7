/** A role or a policy of IAM. */
export interface LocalPermission {
  readonly id: string;
  /** What the console shows. */
  readonly name: string;
  /** `1.1`: a policy; `1.0`: a role, whose actions are words of the service. @default '1.1' */
  readonly version?: '1.0' | '1.1';
  readonly statements: readonly LocalStatement[];
}

interface LocalStatement {
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** @default every resource */
  readonly resources?: readonly string[];
}

/** An agency of the local account: what a service may do in its name. */
export interface LocalAgency {
  readonly id: string;
  readonly name: string;
  /** The account or service that may act with it, such as `op_svc_cff`. */
  readonly trusts: string;
  /** @default it never expires */
  readonly expiresAt?: string;
  /** Granted in the one project. @default [] */
  readonly project?: readonly LocalPermission[];
  /** Granted for the services that all regions share. @default [] */
  readonly global?: readonly LocalPermission[];
  /** Granted in all projects. @default [] */
  readonly everywhere?: readonly LocalPermission[];
}

/** The agencies that the local IAM knows, by name. Every account sees them. */
export class LocalAgencies {
  readonly #byName = new Map<string, LocalAgency>();

  constructor(agencies: readonly LocalAgency[]) {
    for (const agency of agencies) this.set(agency);
  }

  set(agency: LocalAgency): void {
    this.#byName.set(agency.name, agency);
  }

  all(): LocalAgency[] {
    return [...this.#byName.values()];
  }

  permission(id: string): LocalPermission | undefined {
    return this.all()
      .flatMap(({ project = [], global = [], everywhere = [] }) => [...project, ...global, ...everywhere])
      .find((permission) => permission.id === id);
  }
}
