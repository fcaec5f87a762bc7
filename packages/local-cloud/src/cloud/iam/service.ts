import type { Account, Service } from '../operation.ts';
import type { LocalAgencies } from './agencies.ts';
import { agencyOperations } from './agency-operations.ts';
import { Directory } from './directory.ts';
import { iamError } from './iam-error.ts';
import { projectOperations } from './project-operations.ts';
import { temporaryKeyOperations } from './temporary-key-operations.ts';
import { type TokenDeps, tokenOperations } from './token-operations.ts';

export interface IamDeps extends Omit<TokenDeps, 'directory'> {
  readonly region: string;
  readonly accounts: readonly Account[];
  readonly agencies: LocalAgencies;
}

/** The local IAM: tokens, temporary keys, the lookups with which an SDK finds the project and the account of its keys, and agencies, to read. */
export function makeIamService({ region, accounts, ...deps }: IamDeps): Service {
  const directory = new Directory(region, accounts);
  return {
    name: 'IAM',
    operations: [
      ...tokenOperations({ ...deps, directory }),
      ...temporaryKeyOperations({ ...deps, directory }),
      ...projectOperations(directory),
      ...agencyOperations(deps.agencies, directory),
    ],
    authorize: () => undefined,
    errors: {
      emptyBody: () => iamError(400, 'IAM.0011', 'The request body is empty.'),
      notJson: () => iamError(400, 'IAM.0011', 'The request body is not in JSON format.'),
      wrongMethod: undefined,
      forbidden: (operation) => iamError(403, 'IAM.0002', `You do not have permission for ${operation}.`),
      internal: (message) => iamError(500, 'IAM.0006', `An internal error occurred. ${message}`.trim()),
    },
  };
}
