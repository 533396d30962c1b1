document.documentElement.className = "js home";
