import { loadSmsClient } from '../../lib/cloud/sms/sms-client.ts';
import { ThinSmsClient } from '../../lib/cloud/sms/thin-sms-client.ts';
import { smsServersContract } from './sms-servers.ts';

smsServersContract('SMS servers over the thin client', async () => ThinSmsClient);

// Twice the thin one where the service package is not installed.
smsServersContract('SMS servers over the client that is chosen', loadSmsClient);
