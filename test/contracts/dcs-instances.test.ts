import { loadDcsClient } from '../../lib/cloud/dcs/dcs-client.ts';
import { ThinDcsClient } from '../../lib/cloud/dcs/thin-dcs-client.ts';
import { dcsInstancesContract } from './dcs-instances.ts';

dcsInstancesContract('DCS instances over the thin client', async () => ThinDcsClient);

// If the service package is not installed, this is the thin client twice.
dcsInstancesContract('DCS instances over the client that is chosen', loadDcsClient);
