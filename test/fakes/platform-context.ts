import type { PlatformContext } from '../../lib/kernel/context.ts';

export interface FakePlatform {
  readonly userData?: Readonly<Record<string, string>>;
  readonly remainingMs?: number;
  /** `null`: the function has no execution agency. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string; readonly token: string } | null;
}

/** FunctionGraph's context, as documented. */
export function fakePlatform({
  userData = {},
  remainingMs = 60_000,
  keys,
}: FakePlatform = {}): Required<PlatformContext> {
  const given = keys === undefined ? { accessKey: 'AK-1', secretKey: 'SK-secret-1', token: 'TOKEN-secret-1' } : keys;
  return {
    getRequestID: () => 'request-1',
    getRemainingTimeInMilliSeconds: () => remainingMs,
    getUserData: (name) => userData[name],
    getProjectID: () => '0123456789abcdef0123456789abcdef',
    getSecurityAccessKey: () => given?.accessKey ?? '',
    getSecuritySecretKey: () => given?.secretKey ?? '',
    getSecurityToken: () => given?.token ?? '',
  };
}
