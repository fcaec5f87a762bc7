import { columnsOf, padColumns } from '../../../lib/cli/columns.ts';

describe('columnsOf', () => {
  it.each([
    ['', 0],
    ['import-a', 8],
    ['é', 1],
    ['e\u0301', 1],
    ['数据库', 6],
    ['停机，请等。', 12],
    ['ひらカナ', 8],
    ['ｶﾅ', 2],
    ['ＡＢ', 4],
    ['한국', 4],
    ['🚒', 2],
    ['a数🚒', 5],
    ['…', 1],
  ])('of %j is %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

it('padColumns fills to the column, and cuts nothing', () => {
  expect(padColumns('数据', 6)).toBe('数据  ');
  expect(padColumns('数据库', 3)).toBe('数据库');
});
