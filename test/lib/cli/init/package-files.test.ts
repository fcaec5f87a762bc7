import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { envExample, gitIgnore, notIgnored, PIPELINES } from '../../../../lib/cli/init/package-files.ts';

const CI = readFileSync(join(import.meta.dirname, '../../../../.github/workflows/ci.yml'), 'utf8');
const actions = (text: string) => text.match(/uses: \S+ # \S+/g);

describe('.env.example', () => {
  it('has the variables that a deploy needs, without values', () => {
    expect(envExample(['A_PASSWORD', 'B_PASSWORD']).match(/^[A-Z].*$/gm)).toEqual([
      'HUAWEICLOUD_SDK_AK=',
      'HUAWEICLOUD_SDK_SK=',
      'A_PASSWORD=',
      'B_PASSWORD=',
    ]);
  });
});

describe('.gitignore', () => {
  it.each([
    ['its own text', gitIgnore(), []],
    ['an empty text', '', ['node_modules/', '.env', '.local/', '.serverless/']],
    ['other spellings, with line ends of Windows', '/node_modules\r\n.env\r\n.local/ \r\n/.serverless/\r\n', []],
    ['some of it', '.env.local\nnode_modules\n', ['.env', '.local/', '.serverless/']],
  ])('lacks in %s what is not ignored', (_, text, lacking) => {
    expect(notIgnored(text)).toEqual(lacking);
  });
});

describe('the pipeline', () => {
  it('for GitHub checks, tries, and deploys pushes only, with each secret, and with the actions of this project', () => {
    const text = PIPELINES['github']?.text(['A_PASSWORD']) ?? '';
    const { steps } = parse(text).jobs.migrations;

    expect(steps.slice(2)).toEqual([
      { run: 'npm ci' },
      { run: 'npx migrations check' },
      { run: 'npx migrations start --once --port 0' },
      {
        run: 'npx serverless deploy',
        if: "github.event_name == 'push'",
        env: {
          HUAWEICLOUD_SDK_AK: '${{ secrets.HUAWEICLOUD_SDK_AK }}',
          HUAWEICLOUD_SDK_SK: '${{ secrets.HUAWEICLOUD_SDK_SK }}',
          A_PASSWORD: '${{ secrets.A_PASSWORD }}',
        },
      },
    ]);
    expect(actions(CI)).toEqual(expect.arrayContaining(actions(text) ?? ['none']));
  });

  it('for GitLab does the same, and deploys the default branch only', () => {
    const { check, deploy } = parse(PIPELINES['gitlab']?.text([]) ?? '');

    expect(check.script).toEqual(['npm ci', 'npx migrations check', 'npx migrations start --once --port 0']);
    expect(deploy).toMatchObject({
      needs: ['check'],
      rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }],
      script: ['npm ci', 'npx serverless deploy'],
    });
  });
});
