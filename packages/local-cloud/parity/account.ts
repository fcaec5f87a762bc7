import type { Account } from '../src/cloud/operation.ts';

export const ACCOUNT: Account = {
  accessKey: 'AK1',
  secretKey: 'SK1',
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
  domainName: 'local',
  user: { name: 'operator', password: 'user-secret' },
};
