import { timingSafeEqual } from 'node:crypto';
import type { Account } from '../operation.ts';
import { obsErrors } from './obs-error.ts';

/** @throws {ObsError} 403 InvalidAccessKeyId */
export function findAccount(accounts: readonly Account[], accessKey: string): Account {
  const account = accounts.find((candidate) => candidate.accessKey === accessKey);
  if (account === undefined) throw obsErrors.invalidAccessKey();
  return account;
}

/** Temporary keys are unknown without their token. The code for a wrong token is unconfirmed. @throws {ObsError} 403 InvalidAccessKeyId */
export function checkToken(account: Account, token: string | undefined): void {
  if (token !== account.securityToken) throw obsErrors.invalidAccessKey();
}

/** @throws {ObsError} 403 SignatureDoesNotMatch unless the given signature is one of those expected */
export function checkSignature(given: Buffer, expected: readonly Buffer[]): void {
  if (!expected.some((right) => right.length === given.length && timingSafeEqual(right, given)))
    throw obsErrors.signatureDoesNotMatch();
}
