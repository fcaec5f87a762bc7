import { loadSmsClient } from '../../lib/cloud/sms/sms-client.ts';
import { ThinSmsClient } from '../../lib/cloud/sms/thin-sms-client.ts';
import { smsFollowContract } from './sms-follow.ts';

smsFollowContract('SMS tasks over the thin client', async () => ThinSmsClient);

// Twice the thin one where the service package is not installed.
smsFollowContract('SMS tasks over the client that is chosen', loadSmsClient);
