import { loadSmsClient } from '../../lib/cloud/sms/sms-client.ts';
import { ThinSmsClient } from '../../lib/cloud/sms/thin-sms-client.ts';
import { smsServersContract } from './sms-servers.ts';

smsServersContract('SMS servers over the thin client', async () => ThinSmsClient);

// If the service package is not installed, this is the thin client twice.
smsServersContract('SMS servers over the client that is chosen', loadSmsClient);
