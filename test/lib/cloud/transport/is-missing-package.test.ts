import { isMissingPackage } from '../../../../lib/cloud/transport/is-missing-package.ts';

const NAME = '@huaweicloud/huaweicloud-sdk-dcs';
const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('isMissingPackage', () => {
  it.each([
    ['an import', failure('ERR_MODULE_NOT_FOUND', `Cannot find package '${NAME}' imported from /x/index.js`)],
    ['a require', failure('MODULE_NOT_FOUND', `Cannot find module '${NAME}/v2/public-api.js'\nRequire stack:\n- /x`)],
  ])('recognizes that %s did not find the package', (_case, error) => {
    expect(isMissingPackage(error, NAME)).toBe(true);
  });

  it.each([
    [
      'a package with a missing dependency',
      failure('MODULE_NOT_FOUND', `Cannot find module 'uuid'\nRequire stack:\n- '${NAME}'`),
    ],
    ['a package that throws', new Error(`'${NAME}' is broken`)],
    ['nothing', undefined],
  ])('does not treat %s as a missing package', (_case, error) => {
    expect(isMissingPackage(error, NAME)).toBe(false);
  });
});
