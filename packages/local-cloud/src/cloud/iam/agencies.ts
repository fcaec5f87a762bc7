import type { Situations } from '../situations.ts';

/** A role or a policy of IAM. */
export interface LocalPermission {
  readonly id: string;
  /** The name shown in the console. */
  readonly name: string;
  /** `1.1` for a policy; `1.0` for a role, whose actions are service-specific names. @default '1.1' */
  readonly version?: '1.0' | '1.1';
  readonly statements: readonly LocalStatement[];
}

export interface LocalStatement {
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** @default every resource */
  readonly resources?: readonly string[];
}

/** An agency of the local account: what a service may do on its behalf. */
export interface LocalAgency {
  readonly id: string;
  readonly name: string;
  /** The account or service that may assume it, such as `op_svc_cff`. */
  readonly trusts: string;
  /** @default it never expires */
  readonly expiresAt?: string;
  /** Granted in the account's project. @default [] */
  readonly project?: readonly LocalPermission[];
  /** Granted for global services. @default [] */
  readonly global?: readonly LocalPermission[];
  /** Granted in all projects. @default [] */
  readonly everywhere?: readonly LocalPermission[];
}

/** Whom an agency trusts whose keys are revoked. */
const SOMEBODY_ELSE = 'op_svc_ecs';
/** For an agency that lost an action: the same for each of its scopes. */
const DENIED = { project: 'd0000000000000000000000000000001', global: 'd0000000000000000000000000000002' } as const;

/** The agencies of the local IAM, by name. Every account sees them, as the situations of the functions' keys and rights leave them. */
export class LocalAgencies {
  readonly #byName = new Map<string, LocalAgency>();
  readonly #situations: Situations;

  constructor(agencies: readonly LocalAgency[], situations: Situations) {
    this.#situations = situations;
    for (const agency of agencies) this.set(agency);
  }

  set(agency: LocalAgency): void {
    this.#byName.set(agency.name, agency);
  }

  all(): LocalAgency[] {
    const actions = this.#situations.of('right').map(({ options }) => String(options['action']));
    const areKeysRevoked = this.#situations.of('keys').length > 0;
    return [...this.#byName.values()].map((agency) => ({
      ...agency,
      ...(areKeysRevoked ? { trusts: SOMEBODY_ELSE } : {}),
      ...(actions.length > 0
        ? {
            project: [...(agency.project ?? []), denial(DENIED.project, actions)],
            global: [...(agency.global ?? []), denial(DENIED.global, actions)],
          }
        : {}),
    }));
  }

  permission(id: string): LocalPermission | undefined {
    return this.all()
      .flatMap(({ project = [], global = [], everywhere = [] }) => [...project, ...global, ...everywhere])
      .find((permission) => permission.id === id);
  }
}

function denial(id: string, actions: readonly string[]): LocalPermission {
  return { id, name: 'revoked', statements: [{ effect: 'Deny', actions }] };
}
