"""The way back into a learning platform: grades and feedback in the form that Moodle and Canvas import."""
