// Shows /openapi.json. Writes text nodes only, so nothing in the description is ever markup.
"use strict";

const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  Object.assign(element, attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

// Text with its `code` as code.
const words = (text) =>
  (text || "").split("`").map((part, n) => (n % 2 ? make("code", {}, part) : part));

const nameOf = (schema) => {
  if (!schema || schema === true) return "anything";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const options = schema.oneOf || schema.anyOf;
  if (options) return options.map(nameOf).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const type = [].concat(schema.type || "anything").join(" or ");
  return schema.items ? type.replace("array", `list of ${nameOf(schema.items)}`) : type;
};

const typeCell = (schema) => {
  const name = nameOf(schema);
  const cell = make("td");
  for (const part of name.split(/( or |list of )/)) {
    const known = known_schemas.has(part);
    cell.append(known ? make("a", { href: `#schema-${part}` }, part) : part);
  }
  return cell;
};

let known_schemas = new Set();

const table = (heads, rows) =>
  make("div", { className: "table" },
    make("table", {},
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows)));

const membersOf = (schema) => {
  const required = new Set(schema.required || []);
  const rows = Object.entries(schema.properties || {}).map(([name, member]) =>
    make("tr", {},
      make("td", {}, make("code", {}, name), required.has(name) ? " (required)" : ""),
      typeCell(member),
      make("td", {}, ...words(member.description))));
  return rows.length ? table(["member", "type", ""], rows) : null;
};

const bodySchema = (holder) => {
  const content = holder && holder.content && Object.values(holder.content)[0];
  return content && content.schema;
};

const operation = (path, method, described) => {
  const parameters = (described.parameters || []).map((parameter) =>
    make("tr", {},
      make("td", {}, make("code", {}, parameter.name), parameter.required ? " (required)" : ""),
      make("td", {}, parameter.in),
      typeCell(parameter.schema),
      make("td", {}, ...words(parameter.description))));
  const responses = Object.entries(described.responses || {}).map(([status, response]) =>
    make("tr", {},
      make("td", {}, status),
      bodySchema(response) ? typeCell(bodySchema(response)) : make("td", {}, "no body"),
      make("td", {}, ...words(response.description))));
  const body = bodySchema(described.requestBody);
  return make("details", { id: described.operationId },
    make("summary", {},
      make("span", { className: "method" }, method.toUpperCase()),
      make("code", {}, path), " ",
      make("span", { className: "about" }, ...words(described.summary))),
    make("p", {}, ...words(described.description || described.summary)),
    parameters.length ? table(["parameter", "in", "type", ""], parameters) : null,
    body ? table(["body"], [make("tr", {}, typeCell(body))]) : null,
    table(["status", "body", ""], responses));
};

const show = (api) => {
  const schemas = (api.components && api.components.schemas) || {};
  known_schemas = new Set(Object.keys(schemas));
  const main = document.getElementById("api");
  main.replaceChildren(make("p", {}, ...words(api.info.description)));
  const methods = ["get", "post", "patch", "put", "delete"];
  for (const tag of api.tags || []) {
    main.append(make("h2", { id: tag.name }, tag.name), make("p", {}, ...words(tag.description)));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of methods) {
        if (item[method] && (item[method].tags || []).includes(tag.name)) {
          main.append(operation(path, method, item[method]));
        }
      }
    }
  }
  main.append(make("h2", { id: "schemas" }, "bodies"));
  for (const [name, schema] of Object.entries(schemas)) {
    main.append(make("details", { id: `schema-${name}` },
      make("summary", {}, make("code", {}, name), " ",
        make("span", { className: "about" }, ...words((schema.description || "").split("\n")[0]))),
      make("p", {}, schema.properties ? "" : nameOf(schema)),
      membersOf(schema)));
  }
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", open);
  open();
};

fetch("/openapi.json")
  .then((response) => response.json())
  .then(show)
  .catch(() => {
    document.getElementById("api").replaceChildren("The description could not be loaded.");
  });
