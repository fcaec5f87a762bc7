import { readStartOptions } from '../../../lib/local-system/start-options.ts';

describe('readStartOptions', () => {
  it.each([
    [[], { help: false, once: false, demo: true, empty: false, port: 4310, consolePort: 4311, faults: [], assume: {} }],
    [
      ['--scenario', 'a.yml', '--clock', '99.5'],
      {
        help: false,
        once: false,
        demo: false,
        empty: false,
        port: 4310,
        consolePort: 4311,
        faults: [],
        clock: 99.5,
        scenario: 'a.yml',
        assume: {},
      },
    ],
    [['--once'], { help: false, once: true, demo: true, empty: false, port: 4310, faults: [], assume: {} }],
    [
      ['--once', '--console-port', '4399'],
      { help: false, once: true, demo: true, empty: false, port: 4310, consolePort: 4399, faults: [], assume: {} },
    ],
    [
      ['--console-port=0'],
      { help: false, once: false, demo: true, empty: false, port: 4310, consolePort: 0, faults: [], assume: {} },
    ],
    [
      ['--no-demo', '--port', '0'],
      { help: false, once: false, demo: false, empty: false, port: 0, consolePort: 0, faults: [], assume: {} },
    ],
    [
      ['--empty'],
      { help: false, once: false, demo: false, empty: true, port: 4310, consolePort: 4311, faults: [], assume: {} },
    ],
    [
      ['--port=65535'],
      { help: false, once: false, demo: true, empty: false, port: 65_535, consolePort: 4311, faults: [], assume: {} },
    ],
    [
      ['--port', '5000'],
      { help: false, once: false, demo: true, empty: false, port: 5000, consolePort: 5001, faults: [], assume: {} },
    ],
    [
      ['--port', '5000', '--console-port', '4311'],
      { help: false, once: false, demo: true, empty: false, port: 5000, consolePort: 4311, faults: [], assume: {} },
    ],
    [
      ['--port', '65534'],
      { help: false, once: false, demo: true, empty: false, port: 65_534, consolePort: 65_535, faults: [], assume: {} },
    ],
    [
      ['--jobs', 'examples/backup-lands/migrations.yml'],
      {
        help: false,
        once: false,
        demo: true,
        empty: false,
        port: 4310,
        consolePort: 4311,
        faults: [],
        assume: {},
        jobs: 'examples/backup-lands/migrations.yml',
      },
    ],
    [
      ['--help'],
      { help: true, once: false, demo: true, empty: false, port: 4310, consolePort: 4311, faults: [], assume: {} },
    ],
    [
      ['--fault', 'ListTasks=html', '--fault=CreateTask=error,status=503'],
      {
        help: false,
        once: false,
        demo: true,
        empty: false,
        port: 4310,
        consolePort: 4311,
        faults: ['ListTasks=html', 'CreateTask=error,status=503'],
        assume: {},
      },
    ],
    [
      ['--assume', 'dcs-list-lag=within-settle', '--assume=clock-skew=minute-ahead'],
      {
        help: false,
        once: false,
        demo: true,
        empty: false,
        port: 4310,
        consolePort: 4311,
        faults: [],
        assume: { 'dcs-list-lag': 'within-settle', 'clock-skew': 'minute-ahead' },
      },
    ],
  ])('reads %j', (args, expected) => {
    expect(readStartOptions(args)).toEqual(expected);
  });

  it.each([
    [['--onse'], "Unknown option '--onse'"],
    [['now'], "Unexpected argument 'now'"],
    [['--port', '65536'], '--port 65536: must be a number from 0 to 65535'],
    [['--port', 'http'], '--port http: must be a number from 0 to 65535'],
    [['--console-port', '65536'], '--console-port 65536: must be a number from 0 to 65535'],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--once', '--no-demo'], '--once and --no-demo cannot be combined'],
    [['--once', '--empty'], '--once and --empty cannot be combined'],
    [['--assume', 'dcs-list-lag=soon'], '--assume: assume dcs-list-lag=soon: must be one of none, within-settle'],
    [['--assume', 'none.json'], '--assume: read none.json: ENOENT'],
    [['--fault', 'ListTasks'], '--fault: parse the fault ListTasks: expected <what>=<kind>'],
    [
      ['--fault', 'task=fail,at=100'],
      '--fault: parse the fault task=fail,at=100: at must be a percentage from 0 to 99',
    ],
    [['--clock', '101'], '--clock 101: must be a number from 1 to 100'],
    [['--clock', '0'], '--clock 0: must be a number from 1 to 100'],
    [['--scenario', 'a.yml', '--scenario', 'b.yml'], '--scenario can be given once'],
    [['--scenario', 'a.yml', '--once'], '--scenario and --once cannot be combined'],
    [['--scenario', 'a.yml', '--empty'], '--scenario and --empty cannot be combined'],
  ])('refuses %j', (args, message) => {
    expect(() => readStartOptions(args)).toThrow(message);
  });
});
