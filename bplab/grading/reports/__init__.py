"""What is written about the marks: for the instructor, and for each student."""
