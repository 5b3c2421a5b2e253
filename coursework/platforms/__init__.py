"""Back to the learning platform: grades and feedback in the form that Moodle and Canvas import."""
