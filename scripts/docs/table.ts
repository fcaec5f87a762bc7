/** A Markdown table. Cells are Markdown; only characters that would end a cell are escaped. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |\n`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('');
}

function escapeCell(cell: string): string {
  return cell.replaceAll(/(?<!\\)\|/g, '\\|').replaceAll('\n', ' ');
}
