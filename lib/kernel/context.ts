import { Secret } from './secret.ts';

/** Temporary credentials of the function's agency, or credentials from the settings. */
export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: Secret;
  readonly securityToken?: Secret;
}

/** The parts of the platform's context that are used here. */
export interface InvocationContext {
  readonly requestId: string;
  /** Milliseconds until the platform ends this invocation. */
  remainingMs(): number;
  /** The same, under the name that middy expects; the platform's is `getRemainingTimeInMilliSeconds`. */
  getRemainingTimeInMillis(): number;
  /** A variable of the function, plain or encrypted; `undefined` when it is absent or empty. */
  userData(name: string): string | undefined;
  readonly projectId: string | undefined;
  /** The agency's current temporary credentials; `undefined` without an execution agency. */
  credentials(): Credentials | undefined;
}

/** The methods of FunctionGraph's Node.js context that are called here (OTC-JS context.rst; Developer Guide, SDK APIs). */
export interface PlatformContext {
  getRequestID?(): unknown;
  getRemainingTimeInMilliSeconds?(): unknown;
  getUserData?(name: string): unknown;
  getProjectID?(): unknown;
  getSecurityAccessKey?(): unknown;
  getSecuritySecretKey?(): unknown;
  getSecurityToken?(): unknown;
}

/** How long (ms) an invocation may take if the platform does not report the remaining time. */
const UNKNOWN_REMAINING_MS = 10_000;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Adapts the platform's context. A missing method counts as "no value", so that a test event from the console works too.
 *
 * Temporary credentials are valid for 24 hours and renewed by the runtime, so each call of `credentials` reads them again.
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
