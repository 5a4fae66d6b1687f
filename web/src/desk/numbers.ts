/** A number as the page shows it: the decimals it asks for, else four figures. */
export function valueWords(value: number | null, decimals?: string): string {
  if (value === null) return "—";
  if (decimals) return value.toFixed(Number(decimals));
  return Math.abs(value) < 1000
    ? String(Number(value.toPrecision(4)))
    : Math.round(value).toLocaleString("en");
}
