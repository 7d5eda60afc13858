Feature: Everything at once, in many orders

  Approvals, resolutions, revisions, analyses and reclaims may meet in any order, and most orders never occur to anybody. So many of them
  are tried, drawn from a seed; the smallest that breaks a rule is told with the words to replay it. What each of them does is told elsewhere.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand
    And the cost agent recommends a spot migration
    And the fleet has moved to spot

  @slow @REQ-CNF-012 @REQ-CNF-013 @REQ-CNF-014 @REQ-CNF-015
  Scenario: In 200 orders one change at a time works on a resource and nothing gets lost
    When approvals, resolutions, analyses and reclaims happen in 200 different orders
    Then no two changes have worked on one resource at once, in any order
    And each disagreement had at most one winner
    And nothing that was accepted got lost
    And nothing waited for ever
