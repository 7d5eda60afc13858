(function () {
  "use strict";
  var form = document.querySelector(".filters");
  var words = document.getElementById("words");
  var milestone = document.getElementById("milestone");
  var epic = document.getElementById("epic");
  var unfold = document.getElementById("unfold");
  var entries = Array.prototype.slice.call(document.querySelectorAll(".req"));
  var texts = entries.map(function (entry) { return entry.textContent.toLowerCase(); });
  var chips = Array.prototype.slice.call(document.querySelectorAll("input[name=standing]"));

  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var standings = chips.filter(function (chip) { return chip.checked; }).map(function (chip) { return chip.value; });
    var count = 0;
    entries.forEach(function (entry, index) {
      var fits = standings.indexOf(entry.dataset.standing) >= 0
        && expected(entry)
        && (!epic.value || entry.parentNode.dataset.epic === epic.value)
        && wanted.every(function (word) { return texts[index].indexOf(word) >= 0; });
      entry.hidden = !fits;
      count += fits ? 1 : 0;
    });
    document.querySelectorAll(".epic").forEach(function (section) {
      section.hidden = !section.querySelector(".req:not([hidden])");
    });
    document.querySelector(".nothing").hidden = count > 0;
    document.getElementById("shown").textContent = [count + " of " + entries.length + " requirements"].concat(narrowed(standings)).join(", ");
    draw();
  }

  /* What the filters leave out, in words: on paper they are not to be seen. */
  function narrowed(standings) {
    return [
      milestone.value && (milestone.selectedIndex > 1 ? "milestones " : "milestone ") + milestone.selectedOptions[0].textContent,
      epic.value && epic.selectedOptions[0].textContent,
      standings.length < chips.length && (standings.join(" or ") || "no verdict"),
      words.value.trim() && "with “" + words.value.trim() + "”"
    ].filter(Boolean);
  }

  function expected(entry) {
    return !milestone.value || Number(entry.dataset.milestone) <= Number(milestone.value);
  }

  function tally(list) {
    var counts = {};
    list.forEach(function (entry) { counts[entry.dataset.standing] = (counts[entry.dataset.standing] || 0) + 1; });
    return counts;
  }

  /* Figures and chart show what the chosen milestone expects; without scripts they show the whole ledger. */
  function draw() {
    var due = entries.filter(expected);
    var all = tally(due);
    document.querySelectorAll("[data-total]").forEach(function (figure) {
      var count = all[figure.dataset.total] || 0;
      figure.textContent = count;
      figure.parentNode.classList.toggle("none", !count);
    });
    document.querySelectorAll("[data-bar]").forEach(function (bar) {
      var mine = due.filter(function (entry) { return entry.parentNode.dataset.epic === bar.dataset.bar; });
      var counts = tally(mine);
      var at = 0;
      bar.hidden = !mine.length;
      bar.querySelectorAll("rect").forEach(function (rect) {
        var wide = mine.length ? 100 * (counts[rect.dataset.standing] || 0) / mine.length : 0;
        rect.setAttribute("x", at);
        rect.setAttribute("width", wide);
        at += wide;
      });
      bar.querySelector(".count").innerHTML = "<b>" + ((counts.proven || 0) + (counts.verified || 0)) + "</b> of " + mine.length;
    });
  }

  function reveal() {
    var target = document.getElementById(location.hash.slice(1));
    if (!target) { return; }
    if (target.hidden) { milestone.value = ""; epic.value = ""; words.value = ""; chips.forEach(function (chip) { chip.checked = true; }); apply(); }
    if (target.tagName === "DETAILS") { target.open = true; }
    target.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  unfold.addEventListener("click", function () {
    var open = unfold.textContent === "unfold all";
    entries.forEach(function (entry) { entry.open = open; });
    unfold.textContent = open ? "fold all" : "unfold all";
  });
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", function () { entries.forEach(function (entry) { entry.open = true; }); });
  apply();
  reveal();
}());
