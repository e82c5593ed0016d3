// Formats a value as readable JavaScript source, also values that JSON cannot express.

const LONGEST = 300;

const quoted = (text) => {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
  return `'${cut.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
};

const listed = (parts, open, close, indent) =>
  parts.length ? `${open}\n${parts.map((part) => `${indent}  ${part}`).join(",\n")}\n${indent}${close}` : open + close;

const object = (value, indent, above) =>
  listed(
    Object.entries(value).map(([name, entry]) => {
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
      return `${key}: ${source(entry, `${indent}  `, above)}`;
    }),
    "{", "}", indent,
  );

export const source = (value, indent = "", above = []) => {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (above.includes(value)) return "/* itself */";
  const inside = [...above, value];
  if (!Array.isArray(value)) return object(value, indent, inside);
  const parts = value.slice(0, 20).map((entry) => source(entry, indent, inside));
  if (value.length > 20) parts.push(`/* ${value.length - 20} more */`);
  return `[${parts.join(", ")}]`;
};
