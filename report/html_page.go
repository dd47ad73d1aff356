package report

// page writes the page of a study.
func (h *markupWriter) page(v *htmlView) {
	h.head(v.Lang, v.Dir, v.Title, v.Policy, v.Style)
	h.put("<body>\n<a class=\"skip\" href=\"#main\">{}</a>\n", h.Say("Skip to the report"))
	h.glyphs(v.Sheet)
	h.put("<div class=\"page\">\n<main id=\"main\">\n")
	h.title(v.Title, v.About)
	h.put("</header>\n")
	h.contents(v)
	h.summary(v)
	h.events(v)
	h.findings(v)
	if len(v.Charts) > 0 {
		h.section("charts", h.Say("More charts"))
		h.put("\n<details><summary>{}</summary>\n", h.Say("Charts of the whole study"))
		h.charts(v.Charts)
		h.put("</details>\n</section>")
	}
	if len(v.Fared) > 0 {
		h.section("calibration", h.Say("How the tests fare on this data"))
		h.put("\n<details><summary>{}</summary>\n", h.Say("Test by test"))
		h.list("<ul>", v.Fared)
		h.put("</details>\n</section>")
	}
	h.grounds(v)
	h.put("\n<footer>{}</footer>\n</main>\n</div>\n", v.Footer)
	h.foot(v.Script)
}

// head opens a page. The policy lets no style and no script but these two run.
func (h *markupWriter) head(lang, dir, title, policy string, style markup) {
	h.put(`<!DOCTYPE html>
<html lang="{}" dir="{}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="aftershock">
<title>{}</title>
<link rel="icon" href="data:,">
<style>`, lang, dir, policy, title)
	h.raw(style)
	h.put("</style>\n</head>\n")
}

func (h *markupWriter) foot(script markup) {
	h.put("<script>")
	h.raw(script)
	h.put("</script>\n</body>\n</html>\n")
}

// glyphs writes the sheet that the charts refer to.
func (h *markupWriter) glyphs(sheet markup) {
	if sheet != "" {
		h.put("<svg class=\"sheet\" aria-hidden=\"true\"><defs>\n")
		h.raw(sheet)
		h.put("</defs></svg>\n")
	}
}

// title opens the header of a page.
func (h *markupWriter) title(title, about string) {
	h.put(`<header>
<div class="top"><h1><bdi>{}</bdi></h1>
<button id="theme" type="button" value="auto" hidden data-auto="{}" data-light="{}" data-dark="{}"></button></div>
<p class="about">{}</p>
`, title, h.Say("Theme: system"), h.Say("Theme: light"), h.Say("Theme: dark"), about)
}

func (h *markupWriter) contents(v *htmlView) {
	h.put("<nav aria-label=\"{}\"><ol>", h.Say("Contents"))
	link := func(there bool, to, text string) {
		if there {
			h.put("\n<li><a href=\"{}\">{}</a></li>", "#"+to, text)
		}
	}
	link(true, "summary", h.Say("What stands out"))
	link(true, "events", h.Say("The events"))
	link(len(v.Pools) > 0, "groups", h.Say("Groups"))
	link(v.How != "", "families", h.Say("Many hypotheses"))
	link(v.Explained != nil, "explained", h.Say("What explains the differences"))
	link(len(v.Moves) > 0, "moves", h.Say("Moves without an event"))
	link(len(v.Charts) > 0, "charts", h.Say("More charts"))
	link(len(v.Fared) > 0, "calibration", h.Say("How the tests fare on this data"))
	link(true, "methods", h.Say("Methods and sources"))
	link(true, "excluded", h.Say("Exclusions"))
	link(true, "notes", h.Say("Notes"))
	link(true, "provenance", h.Say("Provenance"))
	link(true, "repeat", h.Say("How to repeat it"))
	h.put("\n</ol></nav>\n")
}

// section opens a section with its heading; "</section>" closes it.
func (h *markupWriter) section(id, heading string) {
	h.put("\n\n<section id=\"{}\" aria-labelledby=\"{}-head\">\n<h2 id=\"{}-head\">{}</h2>", id, id, id, heading)
}

// summary is the first screen.
func (h *markupWriter) summary(v *htmlView) {
	h.put("\n<section id=\"summary\" aria-labelledby=\"summary-head\">\n<h2 id=\"summary-head\">{}</h2>", h.Say("What stands out"))
	for i, t := range v.Lead {
		if i == 0 {
			h.put("\n<p class=\"lead\">{}</p>", t)
		} else {
			h.put("\n<p>{}</p>", t)
		}
	}
	h.warnings(v.First)
	h.with("\n<p>{}</p>", v.Opening)
	for i := range v.Leading {
		h.put("\n")
		h.chart(&v.Leading[i])
	}
	if r := v.Ranked; r != nil && len(r.Rows) > 0 {
		h.put("\n<p class=\"filters\" hidden><input id=\"filter\" type=\"search\" placeholder=\"{}\" aria-label=\"{}\">", r.Filter, r.Filter)
		if len(r.Kinds) > 1 {
			h.put("\n<select id=\"kind\" aria-label=\"{}\"><option value=\"\">{}</option>", h.Say("Category"), h.Say("All categories"))
			for _, k := range r.Kinds {
				h.put(`<option value="{}">{}</option>`, k.Text, k.Label)
			}
			h.put("</select>")
		}
		h.put("\n<span id=\"shown\" role=\"status\"></span></p>\n")
		h.ranked(r)
	}
	h.with("\n<p class=\"about\">{}</p>", v.Whole)
	h.put("\n</section>")
}

func (h *markupWriter) warnings(list []string) {
	if len(list) > 0 {
		h.list("\n<ul class=\"warnings\">", list)
	}
}

// events are the articles of the events, written as they are made.
func (h *markupWriter) events(v *htmlView) {
	h.section("events", h.Say("The events"))
	h.with("\n<p class=\"about\">{}</p>", v.Shown)
	h.put("\n<div class=\"list\">")
	for e := range v.Events {
		h.event(&e)
	}
	h.put("\n</div>\n</section>")
}

func (h *markupWriter) event(e *eventView) {
	h.put("\n<article id=\"{}\" aria-labelledby=\"{}-head\">\n<h3 id=\"{}-head\"><bdi>{}</bdi></h3>", e.Anchor, e.Anchor, e.Anchor, e.Title)
	h.put("\n<p class=\"line\"><time datetime=\"{}\">{}</time>", e.Date, e.Date)
	h.with(" · {}", e.Line)
	h.put("</p>")
	for i := range e.Charts {
		h.put("\n")
		h.chart(&e.Charts[i])
	}
	h.put("\n<details class=\"fold\"><summary>{}</summary>\n<p class=\"about\">{}", h.Say("All of this event: sentences, securities, tests, warnings"), e.About)
	if e.Source != "" {
		h.put(" · {} <bdi>{}</bdi>", h.Say("source:"), e.Source)
	}
	h.put("</p>")
	h.each("\n<p>{}</p>", e.Said)
	if len(e.MoreCharts) > 0 {
		h.put("\n<details><summary>{}</summary>\n", h.Say("More charts"))
		h.charts(e.MoreCharts)
		h.put("</details>")
	}
	h.table("\n", e.Securities)
	h.with("\n<p class=\"about\">{}</p>", e.Short)
	h.table("\n", e.Tests)
	h.each("\n<p class=\"about\">{}</p>", e.Rest)
	h.warnings(e.Warnings)
	h.put("\n</details>\n</article>")
}

// findings are the sections between the events and the charts, which only some
// studies have.
func (h *markupWriter) findings(v *htmlView) {
	if len(v.Pools) > 0 {
		h.section("groups", h.Say("Groups"))
		for i := range v.Pools {
			p := &v.Pools[i]
			if len(p.Table.Rows) < 3 {
				h.put("\n<details open>")
			} else {
				h.put("\n<details>")
			}
			h.put("<summary>{}</summary>", p.Table.Caption)
			h.table("\n", &p.Table)
			h.with("\n<p class=\"about\">{}</p>", p.Left)
			h.put("\n</details>")
		}
		h.put("\n<p class=\"about\">{}</p>\n</section>", v.PoolLegend)
	}
	if v.How != "" {
		h.section("families", h.Say("Many hypotheses"))
		h.put("\n<p>{}</p>", v.How)
		h.list("\n<ul>", v.Left)
		h.put("\n</section>")
	}
	if v.Explained != nil {
		h.section("explained", h.Say("What explains the differences"))
		h.put("\n<p>{}</p>", v.Regressed)
		h.table("\n", v.Explained)
		h.bullets(v.Past)
		h.put("\n</section>")
	}
	for i := range v.Contrasts {
		c := &v.Contrasts[i]
		h.put("\n\n<section id=\"{}\" aria-labelledby=\"{}-head\">\n<h2 id=\"{}-head\"><bdi>{}</bdi></h2>", c.Anchor, c.Anchor, c.Anchor, c.Head)
		h.each("\n<p>{}</p>", c.Said)
		h.table("\n", c.Table)
		h.bullets(c.Doubts)
		h.put("\n</section>")
	}
	if len(v.Moves) > 0 {
		h.section("moves", v.Unexplained)
		h.bullets(v.Moves)
		h.put("\n</section>")
	}
}

func (h *markupWriter) bullets(list []string) {
	if len(list) > 0 {
		h.list("\n<ul>", list)
	}
}

// grounds are the sections at the end, which every study has: what the figures
// rest on.
func (h *markupWriter) grounds(v *htmlView) {
	h.section("methods", h.Say("Methods and sources"))
	h.put("\n")
	h.facts(v.Facts)
	h.put("\n<details><summary>{}</summary>\n", h.Say("How to read this"))
	h.each("<p>{}</p>\n", v.Legend)
	h.table("", &v.Models)
	for i := range v.Hypotheses {
		h.table("\n", &v.Hypotheses[i])
	}
	h.put("\n</details>\n</section>")

	h.section("excluded", h.Say("Exclusions"))
	h.put("\n")
	if v.Excluded != nil {
		h.table("", v.Excluded)
	} else {
		h.put("<p>{}</p>", h.Say("Every observation was measured."))
	}
	h.put("\n</section>")

	h.section("notes", h.Say("Notes"))
	h.put("\n")
	if len(v.Notes) > 0 {
		h.put("<details><summary>{}</summary>", v.NotesSaid)
		h.list("<ul>", v.Notes)
		h.put("</details>")
	} else {
		h.put("<p>{}</p>", h.Say("There are none."))
	}
	h.put("\n</section>")

	h.section("provenance", h.Say("Provenance"))
	h.put("\n<details><summary>{}</summary>\n", h.Say("Program, prices and input files"))
	h.facts(v.Provenance)
	h.table("\n", &v.Coverage)
	h.table("\n", v.Inputs)
	h.put("\n</details>")
	if v.Configuration != "" {
		h.put("\n<details class=\"fold\"><summary>{}</summary>\n<pre><code>{}</code></pre></details>", h.Say("Configuration, every default filled in"), v.Configuration)
	}
	h.put("\n</section>")

	h.section("repeat", h.Say("How to repeat it"))
	h.put("\n<details><summary>{}</summary>\n", h.Say("The command, and what it needs"))
	h.each("<p>{}</p>\n", v.Repeat)
	h.put("<pre><code>aftershock run --config study.yaml --out repeated</code></pre>\n</details>\n</section>")
}

func (h *markupWriter) facts(list []labelled) {
	h.put(`<dl class="facts">`)
	for _, f := range list {
		h.put("\n<dt>{}</dt><dd>{}</dd>", f.Label, f.Text)
	}
	h.put("\n</dl>")
}

// brief writes the page of a brief.
func (h *markupWriter) brief(v *briefView) {
	h.head(v.Lang, v.Dir, v.Title, v.Policy, v.Style)
	h.put("<body>\n")
	h.glyphs(v.Sheet)
	h.put("<div class=\"page\">\n<main id=\"main\">\n")
	h.title(v.Title, v.About)
	h.each("<p class=\"lead\">{}</p>\n", v.Lead)
	h.put("</header>\n")
	h.charts(v.Charts)
	for i := range v.Sections {
		s := &v.Sections[i]
		h.put("\n<section>\n")
		h.with("<h2>{}</h2>\n", s.Heading)
		h.each("<p>{}</p>\n", s.Text)
		if s.Table != nil {
			h.table("", s.Table)
			h.put("\n")
		}
		h.each("<p>{}</p>\n", s.After)
		h.put("</section>\n")
	}
	if len(v.Foot) > 0 {
		h.put("\n<section>\n")
		h.each("<p class=\"about\">{}</p>\n", v.Foot)
		h.put("</section>\n")
	}
	h.put("</main>\n</div>\n")
	h.foot(v.Script)
}

// table writes a table, if there is one, after the markup between it and what
// stands before.
func (h *markupWriter) table(before markup, t *sheet) {
	if t == nil {
		return
	}
	h.put(before)
	h.put(`<div class="scroll" role="region" tabindex="0" aria-label="{}"><table class="sortable"`, t.Caption)
	h.with(` id="{}"`, t.ID)
	h.put(">\n<caption>{}</caption>\n<thead><tr>", t.Caption)
	for i := range t.Heads {
		c := &t.Heads[i]
		h.put(`<th scope="col"`)
		if c.Num {
			h.put(` class="n"`)
		}
		h.with(` data-tip="{}"`, c.Tip)
		h.put(">{}</th>", c.Text)
	}
	h.put("</tr></thead>\n<tbody>")
	for _, row := range t.Rows {
		h.put("\n<tr>")
		h.cells(row)
		h.put("</tr>")
	}
	h.put("</tbody>")
	if len(t.Foot) > 0 {
		h.put("\n<tfoot><tr>")
		h.cells(t.Foot)
		h.put("</tr></tfoot>")
	}
	h.put("\n</table></div>")
}

// ranked writes the table of the first screen.
func (h *markupWriter) ranked(r *ranked) {
	h.put("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table class=\"sortable ranked\" id=\"events-table\">\n<caption>{}</caption>\n<thead><tr>", r.Caption, r.Caption)
	for i := range r.Heads {
		class := r.Heads[i].Class
		if r.Heads[i].Num {
			class += " n"
		}
		h.put(`<th scope="col" class="{}">{}</th>`, class, r.Heads[i].Text)
	}
	h.put("</tr></thead>\n<tbody>")
	for i := range r.Rows {
		row := &r.Rows[i]
		h.put("\n<tr")
		h.with(` data-kind="{}"`, row.Kind)
		h.with(` data-find="{}"`, row.Find)
		h.with(` data-to="{}"`, row.Anchor)
		h.put(">")
		h.cells(row.Cells)
		h.put("</tr>")
	}
	h.put("</tbody>\n</table></div>")
	if len(r.Legend) > 0 {
		h.put("\n<p class=\"about\">{}", r.Legend[0])
		h.each(" · {}", r.Legend[1:])
		h.put("</p>")
	}
}

func (h *markupWriter) cells(row []pageCell) {
	for i := range row {
		c := &row[i]
		if c.Head {
			h.put(`<th scope="row"`)
			h.with(` class="{}"`, c.Class)
			h.with(` id="{}"`, c.ID)
			h.put(">")
			h.content(c)
			h.put("</th>")
		} else {
			h.put("<td")
			h.with(` class="{}"`, c.Class)
			h.with(` data-tip="{}"`, c.Tip)
			h.put(">")
			h.content(c)
			h.put("</td>")
		}
	}
}

func (h *markupWriter) content(c *pageCell) {
	switch {
	case c.Mark != "":
		h.raw(c.Mark)
	case c.Link != "":
		h.put(`<a href="{}"><bdi>{}</bdi></a>`, c.Link, c.Text)
	case c.Bdi:
		h.put("<bdi>{}</bdi>", c.Text)
	default:
		h.put("{}", c.Text)
	}
	h.with("<i>{}</i>", c.Stars)
}

// charts writes charts, a line after each.
func (h *markupWriter) charts(list []inlineChart) {
	for i := range list {
		h.chart(&list[i])
		h.put("\n")
	}
}

// chart writes a chart, its drawing for a narrow page, and what of it can be saved.
func (h *markupWriter) chart(c *inlineChart) {
	if c.Slim != nil {
		h.put("<figure class=\"both\">\n")
		h.drawing(c)
		h.put("\n")
		h.drawing(c.Slim)
	} else {
		h.put("<figure>\n")
		h.drawing(c)
	}
	h.put("\n<p class=\"save\">")
	if c.Figures != "" {
		h.put(`<a href="`)
		h.raw(c.Figures)
		h.put(`" download="{}">CSV</a> `, c.FiguresFile)
	}
	if c.File != "" {
		h.put(`<a class="png" href="{}" download="{}">PNG</a>`, c.File, c.PictureFile)
	} else {
		h.put(`<a class="png" hidden download="{}">PNG</a>`, c.PictureFile)
	}
	h.put("</p>\n</figure>")
}

func (h *markupWriter) drawing(c *inlineChart) {
	h.put(`<svg class="chart {}`, c.Class)
	if c.Own {
		h.put(" own")
	}
	h.put(`" viewBox="{}" role="img" aria-label="{}"`, c.ViewBox, c.Name)
	if c.Frame != "" {
		h.put(` data-frame="{}" data-x="{}" data-y="{}" data-at="{}"`, c.Frame, c.Across, c.Up, c.At)
	}
	h.put(">\n")
	h.raw(c.Body)
	h.put("</svg>")
}
