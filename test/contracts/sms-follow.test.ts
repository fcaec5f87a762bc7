import { loadSmsClient } from '../../lib/cloud/sms/sms-client.ts';
import { ThinSmsClient } from '../../lib/cloud/sms/thin-sms-client.ts';
import { smsFollowContract } from './sms-follow.ts';

smsFollowContract('SMS tasks over the thin client', async () => ThinSmsClient);

// If the service package is not installed, this is the thin client twice.
smsFollowContract('SMS tasks over the client that is chosen', loadSmsClient);
