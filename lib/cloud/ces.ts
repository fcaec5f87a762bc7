import { CloudError } from '../kernel/errors.ts';
import { type CesEvent, type CesMetricPoint, type CesService, MAX_CES_CONTENT, MAX_CES_EVENTS } from '../ports/ces.ts';
import { cesKeysGuard } from './transport/keys-guard.ts';
import { requestOf } from './transport/request-of.ts';
import { ALL, type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';

/** How long Cloud Eye keeps a value, in seconds: the maximum (Adding Monitoring Data, 2025-10-30). */
const TTL_SECONDS = 604_800;
const MAX_BODY_BYTES = 512 * 1024;

export interface CesOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`: the project of the metrics and events. */
  readonly projectId: string;
}

/**
 * CES over the official core; its generated client is not a dependency. The operations are CreateMetricData and CreateEvents of API V1.0, with paths
 * and fields as in the generated `CesClient` (3.1.209).
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeCesService(options: CesOptions): CesService {
  const sdk = makeSdkClient('CES', { keysGuard: cesKeysGuard, ...options }, { projectId: options.projectId });

  /** Both operations take a list, and a success has nothing that is needed. */
  const send = async (operation: string, path: string, body: readonly object[], isList: boolean): Promise<void> => {
    const bytes = Buffer.byteLength(JSON.stringify(body));
    if (bytes > MAX_BODY_BYTES)
      throw tooLarge(operation, `the body has ${bytes} bytes; the limit is ${MAX_BODY_BYTES}`);
    await sdk.call({
      operation,
      kind: 'change',
      resource: ALL,
      mayBeEmpty: true,
      isList,
      use: (client) => client.sendRequest(requestOf('POST', path, { body })),
    });
  };

  return {
    async sendMetrics(namespace, points) {
      if (points.length === 0) return;
      const body = points.map((point) => metricOf(namespace, point));
      await send('CreateMetricData', '/V1.0/{project_id}/metric-data', body, false);
    },
    async sendEvents(source, events) {
      for (let from = 0; from < events.length; from += MAX_CES_EVENTS) {
        const body = events.slice(from, from + MAX_CES_EVENTS).map((event) => eventOf(source, event));
        await send('CreateEvents', '/V1.0/{project_id}/events', body, true);
      }
    },
  };
}

function metricOf(namespace: string, { name, at, value, unit, dimensions }: CesMetricPoint): object {
  return {
    metric: {
      namespace,
      metric_name: name,
      dimensions: Object.entries(dimensions).map(([dimension, of]) => ({ name: dimension, value: of })),
    },
    ttl: TTL_SECONDS,
    collect_time: at,
    value,
    ...(unit === undefined ? {} : { unit }),
    type: 'int',
  };
}

function eventOf(source: string, { name, at, state, level, content, resourceId, resourceName }: CesEvent): object {
  return {
    event_name: name,
    event_source: source,
    time: at,
    detail: {
      content: content.slice(0, MAX_CES_CONTENT),
      ...(resourceId === undefined ? {} : { resource_id: resourceId }),
      ...(resourceName === undefined ? {} : { resource_name: resourceName }),
      event_state: state,
      event_level: level,
      event_type: 'EVENT.CUSTOM',
    },
  };
}

function tooLarge(operation: string, cloudMessage: string): CloudError {
  return new CloudError({
    service: 'CES',
    operation,
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_message',
    cloudMessage,
  });
}
