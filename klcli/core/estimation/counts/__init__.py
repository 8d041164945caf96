"""Two samples of counts: divergences as functions of them, their mean under relabelling, value and interval."""
