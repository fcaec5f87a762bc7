import fc from 'fast-check';
import { parseAnyEvent } from '../../../lib/events/any-event.ts';
import { EventError } from '../../../lib/kernel/errors.ts';
import { eventFile } from '../../fixtures/event-file.ts';

const KEYS = { direct: 'encoded', eventgrid: 'encoded', smn: 'encoded' } as const;

describe('parseAnyEvent', () => {
  it.each([
    ['obs-legacy-put', 'object'],
    ['obs-legacy-minimal', 'object'],
    ['obs-records-v3', 'object'],
    ['obs-eventgrid-object-created', 'object'],
    ['smn-obs-notification', 'object'],
    ['smn-text', 'object'],
    ['timer-text-user-event', 'tick'],
    ['apig-shared-post', 'request'],
    ['apig-dedicated-post', 'request'],
    ['apig-get', 'request'],
  ])('takes %s for an event of kind %s', (name, kind) => {
    expect(parseAnyEvent(eventFile(name), KEYS).kind).toBe(kind);
  });

  it.each([
    [
      'async-destination-success',
      '(a failure report, as a failure destination receives it: pass it to npx migrations refeed)',
    ],
    ['apig-response', '(a response to the API Gateway)'],
  ])('refuses %s, and describes what it looks like', (name, likeness) => {
    expect(() => parseAnyEvent(eventFile(name), KEYS)).toThrow(likeness);
  });

  it('refuses a single record of an OBS event, and says where it belongs', () => {
    expect(() => parseAnyEvent(eventFile('obs-legacy-put').Records[0], KEYS)).toThrow('put it in Records');
  });

  it('says of a malformed event of a known kind what is wrong with it', () => {
    expect(() => parseAnyEvent({ trigger_type: 'TIMER', trigger_name: 'a' }, KEYS)).toThrow(
      'event at time: received nothing, expected a non-empty string',
    );
  });

  it('reads or refuses any JSON with our own error', () => {
    const known = fc.constantFrom(
      'httpMethod',
      'requestContext',
      'trigger_type',
      'Records',
      'record',
      'specversion',
      'data',
      'source',
    );
    const event = fc.oneof(fc.jsonValue(), fc.dictionary(known, fc.jsonValue()));
    fc.assert(
      fc.property(event, (value) => {
        try {
          parseAnyEvent(value, KEYS);
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
      }),
    );
  });
});
