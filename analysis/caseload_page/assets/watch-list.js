// The watch list: sorted and paged by DataTables, filtered and saved from here.
// All text arrives as data and is set as text, never as markup.
(function () {
  "use strict";

  const data = JSON.parse(document.getElementById("watch-data").textContent);
  const words = data.words;
  const heads = words.heads;
  const element = (name) => document.getElementById(name);

  const rows = data.rows.map((row, order) => {
    const [kind, client, clinician, programme, what, also, since, last, line, more, next] =
      row;
    return {
      order,
      kind,
      client,
      clinician: data.clinicians[clinician],
      programme: data.programmes[programme],
      what,
      also: data.also[also],
      since: data.days[since],
      last: last < 0 ? null : data.days[last],
      line,
      kinds: [kind, ...more],
      next: data.nexts[next],
    };
  });

  // --- cells --------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";

  function drawn(name, attributes, parent) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  }

  function flag(cell, row) {
    const [word, shape] = data.kinds[row.kind];
    const status = document.createElement("span");
    status.className = "status";
    const picture = drawn("svg", { class: "shape", "aria-hidden": "true" }, status);
    drawn("use", { href: `#shape-${shape}` }, picture);
    status.append(word);
    cell.replaceChildren(status);
  }

  function client(cell, row) {
    // an id in a right-to-left script must not turn the row around it
    const id = document.createElement("bdi");
    id.textContent = row.client;
    cell.replaceChildren(id);
  }

  function what(cell, row) {
    const also = document.createElement("span");
    also.className = "grey";
    also.textContent = row.also;
    cell.replaceChildren(row.what, ...(row.also ? [document.createElement("br"), also] : []));
  }

  function scores(cell, row) {
    if (!row.line) {
      cell.className += " grey";
      cell.textContent = words.no_scores;
      return;
    }
    const picture = drawn("svg", { class: "spark", viewBox: "0 0 96 24", "aria-hidden": "true" });
    drawn("polyline", { points: row.line }, picture);
    const points = row.line.split(" ").map((point) => point.split(","));
    const [first, last] = [points[0], points[points.length - 1]];
    drawn("circle", { class: "first", cx: first[0], cy: first[1], r: 2.2 }, picture);
    drawn("circle", { class: "last", cx: last[0], cy: last[1], r: 3 }, picture);
    cell.replaceChildren(picture);
  }

  const text = (value) => (cell, row) => { cell.textContent = value(row); };

  // How a column is shown, by what it is sorted, and what is saved of it.
  const day = (value) => (value ? value[1] : words.missing);
  const iso = (value) => (value ? value[0] : "");
  const columns = [
    { name: "flag", sort: (row) => row.order, fill: flag },
    { name: "client", sort: (row) => row.client, fill: client, type: "natural" },
    { name: "clinician", sort: (row) => row.clinician, fill: text((row) => row.clinician) },
    { name: "programme", sort: (row) => row.programme, fill: text((row) => row.programme) },
    { name: "what", sort: (row) => row.what, fill: what },
    { name: "scores", fill: scores },
    { name: "since", sort: (row) => iso(row.since), fill: text((row) => day(row.since)) },
    { name: "last", sort: (row) => iso(row.last), fill: text((row) => day(row.last)) },
    { name: "next", sort: (row) => row.next, fill: text((row) => row.next) },
  ];
  const saved = [
    [heads.flag, (row) => data.kinds[row.kind][0]],
    [heads.client, (row) => row.client],
    [heads.clinician, (row) => row.clinician],
    [heads.programme, (row) => row.programme],
    [heads.what, (row) => row.what],
    [words.also_head, (row) => row.also],
    [heads.since, (row) => iso(row.since)],
    [heads.last, (row) => iso(row.last)],
    [heads.next, (row) => row.next],
  ];

  // --- the table ----------------------------------------------------------------------

  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  DataTable.type("natural", "order", {
    asc: (one, other) => collator.compare(one, other),
    desc: (one, other) => collator.compare(other, one),
  });
  DataTable.ext.errMode = "throw";

  const table = new DataTable("#watch-list", {
    data: rows,
    autoWidth: false,
    deferRender: true,
    order: [],
    pageLength: 25,
    lengthMenu: [25, 50, 100, { label: words.all_rows, value: -1 }],
    layout: { topStart: "info", topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
    columns: columns.map((column) => ({
      name: column.name,
      className: column.name,
      data: null,
      orderable: Boolean(column.sort),
      type: column.type || "natural",
      // what is shown never passes through here, where it would be read as markup
      render: (value, kind, row) => (kind === "display" || !column.sort ? "" : column.sort(row)),
      createdCell: (cell, value, row) => column.fill(cell, row),
    })),
    language: {
      emptyTable: words.empty,
      zeroRecords: words.none,
      info: words.shown,
      infoEmpty: words.shown_none,
      infoFiltered: words.shown_filtered,
      lengthMenu: words.per_page,
      paginate: { first: "«", previous: "‹", next: "›", last: "»" },
      aria: {
        orderable: words.sort,
        orderableReverse: words.sort_reverse,
        orderableRemove: words.sort_remove,
        paginate: {
          first: words.first, previous: words.previous, next: words.next, last: words.last,
          number: words.page,
        },
      },
    },
  });

  // --- filters ------------------------------------------------------------------------

  const filters = {
    kind: {
      options: Object.entries(data.kinds).map(([kind, [word]]) => [kind, word]),
      keeps: (row, chosen) => row.kinds.includes(chosen),
    },
    clinician: {
      options: sorted(data.clinicians),
      keeps: (row, chosen) => row.clinician === chosen,
    },
    programme: {
      options: sorted(data.programmes),
      keeps: (row, chosen) => row.programme === chosen,
    },
  };

  function sorted(names) {
    return [...names].sort(collator.compare).map((name) => [name, name]);
  }

  for (const [name, filter] of Object.entries(filters)) {
    filter.select = element(`filter-${name}`);
    filter.select.append(...filter.options.map(([value, label]) => new Option(label, value)));
    filter.select.addEventListener("change", show);
  }
  const search = element("find-client");
  search.addEventListener("input", show);

  table.search.fixed("filters", (joined, row) => {
    const wanted = search.value.trim().toLowerCase();
    return (!wanted || row.client.toLowerCase().includes(wanted)) &&
      Object.values(filters).every((f) => !f.select.value || f.keeps(row, f.select.value));
  });

  function show() {
    table.draw();
    const chosen = Object.entries(filters)
      .filter(([, filter]) => filter.select.value)
      .map(([name, filter]) => `${words[name]}: ${filter.select.selectedOptions[0].text}`);
    if (search.value.trim()) chosen.push(`${words.client}: ${search.value.trim()}`);
    // printed in place of the filters themselves
    element("watch-shown").textContent = chosen.join(" · ");
  }

  search.form.addEventListener("submit", (event) => event.preventDefault());
  element("clear").addEventListener("click", () => {
    search.form.reset();
    table.order([]);
    show();
  });

  // --- saving ---------------------------------------------------------------------------

  const chosenRows = () => table.rows({ search: "applied", order: "applied" }).data().toArray();

  // No file may hold letters that cannot be written in XML or would break a line.
  const clean = (value) => value.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, " ");

  // A spreadsheet reads a CSV cell as a formula by its first letter, wide forms included.
  const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

  function csvCell(value) {
    const harmless = FORMULA.test(value) ? `'${value}` : value;
    return `"${clean(harmless).replaceAll('"', '""')}"`;
  }

  function save(blob, ending) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${words.file}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  element("csv").addEventListener("click", () => {
    const lines = [
      saved.map(([head]) => head),
      ...chosenRows().map((row) => saved.map(([, value]) => value(row))),
    ].map((cells) => cells.map(csvCell).join(","));
    // the mark at the start tells Excel that the file is UTF-8
    save(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }), "csv");
  });

  element("xlsx").addEventListener("click", async () => {
    // every cell is typed as text: nothing can be taken for a formula or a number
    const cell = (value) => ({ type: String, value: clean(value) || null });
    const sheet = [
      saved.map(([head]) => ({ ...cell(head), fontWeight: "bold" })),
      ...chosenRows().map((row) => saved.map(([, value]) => cell(value(row)))),
    ];
    const widths = [14, 14, 18, 22, 40, 36, 12, 12].map((width) => ({ width }));
    const file = writeXlsxFile(sheet, { columns: widths, stickyRowsCount: 1 });
    save(await file.toBlob(), "xlsx");
  });

  // --- printing: the whole list as chosen, not one page of it -----------------------------

  let length = 0;
  window.addEventListener("beforeprint", () => {
    length = table.page.len();
    table.page.len(-1).draw();
  });
  window.addEventListener("afterprint", () => table.page.len(length).draw());
})();
