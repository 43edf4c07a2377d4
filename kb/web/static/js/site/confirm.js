// Asks before a form is sent that can't be taken back at once.
// Reads: <form data-confirm="question">.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
