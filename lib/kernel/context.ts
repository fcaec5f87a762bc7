import { Secret } from './secret.ts';

/** Temporary keys of the function's agency, or keys from the settings. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: Secret;
  readonly securityToken?: Secret;
}

/** What we need of the platform's context, under one name each. */
export interface InvocationContext {
  readonly requestId: string;
  /** Milliseconds until the platform ends this invocation. */
  remainingMs(): number;
  /** The same under the name that middy looks for; the platform's is `getRemainingTimeInMilliSeconds`. */
  getRemainingTimeInMillis(): number;
  /** A variable of the function, plain or encrypted; `undefined` when it is absent or empty. */
  userData(name: string): string | undefined;
  readonly projectId: string | undefined;
  /** The agency's temporary keys as they are now; `undefined` without an execution agency. */
  credentials(): Credentials | undefined;
}

/** FunctionGraph's context for Node.js, as far as we call it (reference: OTC-JS context.rst; Developer Guide, SDK APIs). */
export interface PlatformContext {
  getRequestID?(): unknown;
  getRemainingTimeInMilliSeconds?(): unknown;
  getUserData?(name: string): unknown;
  getProjectID?(): unknown;
  getSecurityAccessKey?(): unknown;
  getSecuritySecretKey?(): unknown;
  getSecurityToken?(): unknown;
}

/** Without a working clock of the platform an invocation gets this long (ms). */
const UNKNOWN_REMAINING_MS = 10_000;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Adapts the platform's context once. A method that is missing counts as "no value", so a console test event works too.
 *
 * Temporary keys live 24 hours and are renewed by the runtime, so they are read again at each call of `credentials`.
 */
export function adaptContext(context: PlatformContext | undefined): InvocationContext {
  const platform = context ?? {};
  const started = Date.now();
  const remainingMs = (): number => {
    const remaining = Number(platform.getRemainingTimeInMilliSeconds?.() ?? Number.NaN);
    return Number.isFinite(remaining) ? remaining : UNKNOWN_REMAINING_MS - (Date.now() - started);
  };
  return {
    requestId: text(platform.getRequestID?.()) ?? 'unknown',
    remainingMs,
    getRemainingTimeInMillis: remainingMs,
    userData: (name) => text(platform.getUserData?.(name)),
    projectId: text(platform.getProjectID?.()),
    credentials: () => {
      const accessKey = text(platform.getSecurityAccessKey?.());
      const secretKey = text(platform.getSecuritySecretKey?.());
      const securityToken = text(platform.getSecurityToken?.());
      if (!accessKey || !secretKey) return undefined;
      return {
        accessKey,
        secretKey: new Secret(secretKey),
        ...(securityToken ? { securityToken: new Secret(securityToken) } : {}),
      };
    },
  };
}
